"""The seed comes from the config."""

import hydra
import torch
from omegaconf import DictConfig
from torch import nn


@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg: DictConfig) -> None:
    torch.manual_seed(cfg.seed)
    model = nn.Linear(8, cfg.model.width)
    print(model(torch.rand(2, 8)).shape)


if __name__ == "__main__":
    main()
