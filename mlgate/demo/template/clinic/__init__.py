"""Who will see a doctor this year? A small model on the RAND Health Insurance Experiment."""
