"""What several tests share: a clock to turn by hand, real peers, real speech."""
