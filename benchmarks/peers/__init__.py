"""What a good engineer would write by hand: the rows that ours are compared with."""
