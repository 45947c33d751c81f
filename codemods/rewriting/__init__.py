"""A plan to new text: the edits carried out on LibCST, which is imported nowhere else."""
