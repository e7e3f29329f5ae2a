"""`wallflower demo`: a whole house at work, with a bundled talking scene as its cameras."""
