"""What plugin authors and our own tests use: samples, factories, a harness, faults, checks.

Importing this package loads nothing heavy; each part loads what it needs when it is used.
"""
