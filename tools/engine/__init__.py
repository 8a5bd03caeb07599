"""Running labs: what a lab is, its process, its folder, and what is read from both."""
