"""A module is handed to a trainer, and nothing is seeded."""

import lightning as L
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Regression(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 1)  # finds: unseeded-torch

    def training_step(self, batch, index):
        rows, target = batch
        return nn.functional.mse_loss(self.layer(rows), target)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters())

    def train_dataloader(self):
        return DataLoader(TensorDataset(*torch.load("rows.pt")), shuffle=True)  # finds: unseeded-torch


if __name__ == "__main__":
    L.Trainer(max_epochs=1).fit(Regression())  # finds: unseeded-torch
