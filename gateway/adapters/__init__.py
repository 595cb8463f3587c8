"""Adapters: what foreign systems send, mapped field by field in YAML.

`library.load_adapters` gives all there are. docs/adapters.md describes the files.
"""
