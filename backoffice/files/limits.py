"""What a deal's files may be."""

LARGEST = 15_000_000
"""Bytes of one file: a plan or a handful of photographs, not a film."""
MOST = 5
"""Files at once."""
