"""Batches of loan documents to verified, normalized loan records."""
