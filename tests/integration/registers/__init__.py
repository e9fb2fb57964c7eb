"""The registers on both databases."""
