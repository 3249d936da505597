"""Bundled plugins, one package per concern."""
