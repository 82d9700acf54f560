"""Lightning seeds all generators."""

import lightning as L
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Regression(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 1)

    def training_step(self, batch, index):
        rows, target = batch
        return nn.functional.mse_loss(self.layer(rows), target)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters())


if __name__ == "__main__":
    L.seed_everything(7, workers=True)
    rows = torch.from_numpy(np.random.rand(64, 4)).float()
    loader = DataLoader(TensorDataset(rows, rows.sum(dim=1, keepdim=True)), shuffle=True)
    L.Trainer(max_epochs=1).fit(Regression(), loader)
