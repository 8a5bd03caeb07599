"""The networks and methods that labs write out, one file a kind; imported when a lab runs, not before."""
