"""The `wallflower` command, one module or package per subcommand."""
