"""What broke: the examples, groups and slices behind a change, as facts and outcomes."""
