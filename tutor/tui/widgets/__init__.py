"""The app's panels, grouped by what they show."""
