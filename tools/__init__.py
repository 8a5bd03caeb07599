"""Running things for the tutor: today, searching the web."""
