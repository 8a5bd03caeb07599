"""Scripts that make the small weights that Tutor carries; no lab imports them."""
