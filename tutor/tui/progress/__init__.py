"""How far the learner is, and the quiz, on the screen."""
