"""What every stage stands on: clock, supervision, bus, queues, workers, processes, health."""
