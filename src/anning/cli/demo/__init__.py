"""`anning demo`: a small believable world, a campaign and a dozen single communications through it (演示)."""
