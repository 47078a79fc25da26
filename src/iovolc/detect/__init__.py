"""What changed in one epoch against its predecessors, and how significant it is."""
