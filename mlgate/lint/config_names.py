"""Names that training configs share, and what their values are: small on purpose, right only."""

from __future__ import annotations

RATES = {
    "lr", "learning_rate", "base_lr", "max_lr", "min_lr", "init_lr", "peak_lr", "backbone_lr", "warmup_lr", "lr_decay",
    "weight_decay", "l2", "l1", "eps", "epsilon", "adam_epsilon", "adam_beta1", "adam_beta2", "momentum",
    "dropout", "lora_dropout", "attention_dropout", "hidden_dropout", "hidden_dropout_prob", "dropout_rate",
    "attention_probs_dropout_prob", "attn_pdrop", "resid_pdrop", "embd_pdrop", "drop_path_rate",
    "label_smoothing", "label_smoothing_factor", "max_grad_norm", "gradient_clip_val", "grad_clip", "clip_grad_norm",
    "warmup_ratio", "temperature", "top_p", "repetition_penalty", "lora_alpha", "initializer_range", "layer_norm_eps",
    "rms_norm_eps", "rope_theta", "tolerance", "tol", "alpha", "gamma", "num_train_epochs",
}  # fmt: skip
"""Numbers that need not be whole."""

COUNTS = {
    "batch_size", "train_batch_size", "eval_batch_size", "test_batch_size", "per_device_train_batch_size",
    "per_device_eval_batch_size", "gradient_accumulation_steps", "micro_batch_size", "global_batch_size",
    "train_micro_batch_size_per_gpu", "hidden_size", "num_hidden_layers", "num_attention_heads",
    "num_key_value_heads", "intermediate_size", "vocab_size", "max_position_embeddings", "n_layer", "n_head", "n_embd",
    "num_classes", "n_classes", "in_channels", "out_channels", "embedding_dim", "embed_dim", "n_estimators",
}  # fmt: skip
"""Whole numbers of at least 1."""

STEPS = {
    "epochs", "num_epochs", "n_epochs", "max_epochs", "min_epochs", "max_steps", "min_steps", "total_steps",
    "warmup_steps", "num_warmup_steps", "warmup_epochs", "save_steps", "eval_steps", "logging_steps",
    "save_total_limit", "num_workers", "dataloader_num_workers", "n_workers", "seed", "random_seed", "data_seed",
    "random_state", "max_length", "max_seq_length", "max_new_tokens", "num_beams", "top_k", "patience", "n_splits",
    "max_depth", "num_leaves",
}  # fmt: skip
"""Whole numbers that may be 0, or -1 for none; the steps of the Trainer may also be a share."""

FLAGS = {
    "fp16", "bf16", "tf32", "fp16_full_eval", "bf16_full_eval", "shuffle", "drop_last", "pin_memory",
    "persistent_workers", "do_train", "do_eval", "do_predict", "do_sample", "gradient_checkpointing", "use_cache",
    "load_best_model_at_end", "greater_is_better", "push_to_hub", "overwrite_output_dir", "group_by_length",
    "remove_unused_columns", "dataloader_pin_memory", "dataloader_drop_last", "trust_remote_code", "load_in_8bit",
    "load_in_4bit", "use_fast", "add_bos_token", "add_eos_token", "tie_word_embeddings", "torch_compile", "nesterov",
    "amsgrad", "pretrained", "deterministic", "use_amp", "early_stopping", "wandb", "verbose_eval",
}  # fmt: skip
"""True or false."""

NUMBERS = RATES | COUNTS | STEPS

SECTIONS = {
    "model",
    "optimizer",
    "optim",
    "scheduler",
    "lr_scheduler",
    "training",
    "trainer",
    "data",
    "dataset",
    "loss",
}
"""Names of mappings."""

SHARES = {
    "dropout", "lora_dropout", "attention_dropout", "hidden_dropout", "hidden_dropout_prob", "dropout_rate",
    "attention_probs_dropout_prob", "attn_pdrop", "resid_pdrop", "embd_pdrop", "drop_path_rate", "warmup_ratio",
    "label_smoothing", "label_smoothing_factor", "adam_beta1", "adam_beta2",
}  # fmt: skip
"""Numbers from 0 to 1."""

POSITIVE = {"lr", "learning_rate", "base_lr", "max_lr", "init_lr", "peak_lr", "eps", "adam_epsilon", "layer_norm_eps",
            "rms_norm_eps", "rope_theta", "lora_alpha", "num_train_epochs"}  # fmt: skip
"""Numbers above 0; a rate of exactly 0 trains nothing, and is a warning."""

STRATEGIES = {"eval_strategy", "evaluation_strategy", "save_strategy", "logging_strategy", "hub_strategy"}

CONVERTING = (
    ("axolotl", {"base_model", "micro_batch_size"}),
    ("axolotl", {"base_model", "sequence_len"}),
    ("LLaMA-Factory", {"model_name_or_path", "finetuning_type"}),
    ("Lightning", {"class_path", "init_args"}),
    ("rl_zoo3", {"n_timesteps", "policy"}),
)
"""Frameworks that take the text `1e-3` for the number, and the keys by which their configs are told."""

TRAINER = STRATEGIES | {
    "per_device_train_batch_size", "per_device_eval_batch_size", "gradient_accumulation_steps", "num_train_epochs",
    "warmup_ratio", "warmup_steps", "load_best_model_at_end", "metric_for_best_model", "save_total_limit",
    "lr_scheduler_type", "logging_steps", "save_steps", "eval_steps", "max_grad_norm", "adam_beta1", "adam_beta2",
    "adam_epsilon", "dataloader_num_workers", "report_to", "remove_unused_columns", "gradient_checkpointing",
    "push_to_hub", "hub_model_id", "ddp_find_unused_parameters", "label_smoothing_factor", "output_dir", "do_train",
    "do_eval", "group_by_length", "overwrite_output_dir", "learning_rate", "weight_decay", "optim", "max_steps",
    "save_only_model", "greater_is_better", "save_safetensors", "predict_with_generate", "generation_max_length",
}  # fmt: skip
"""Arguments of the Trainer of Hugging Face."""

WORDS = NUMBERS | FLAGS | TRAINER | SECTIONS | {
    "train_file", "validation_file", "test_file", "num_labels", "model_name", "model_name_or_path", "device",
    "checkpoint", "augmentation", "normalization", "activation", "precision", "strategy", "callbacks", "logger",
    "optimizer_type", "scheduler_type", "loss_function", "validation_split", "test_size", "hidden_dim", "num_layers",
    "hyperparameters", "parameters", "architecture", "tokenizer", "weights", "val_batch_size",
}  # fmt: skip
"""Names of which a misspelling is told."""
