"""The labs in the app: choosing and setting one up, watching it run, reading and comparing results."""
