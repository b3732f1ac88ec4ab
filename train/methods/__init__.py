"""Age estimation methods: each learns from samples and answers with age distributions."""
