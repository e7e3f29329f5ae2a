"""What is said on a connection and what it means: no sockets, no tasks, no clock."""
