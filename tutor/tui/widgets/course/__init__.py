"""The course and the collections."""
