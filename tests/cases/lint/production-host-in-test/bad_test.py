import mlflow
import pandas as pd
import requests

TRACKING = "https://mlflow.prod.clinic.io"


def test_answer():
    reply = requests.post("https://api.clinic-prod.io/predict", json={"text": "fever"}, timeout=5)  # finds: production-host-in-test
    assert reply.json() == {"label": "urgent"}


def test_registered():
    mlflow.set_tracking_uri(TRACKING)  # finds: production-host-in-test
    assert mlflow.search_runs()


def test_rows():
    rows = pd.read_csv("s3://clinic-data/visits.csv")  # finds: production-host-in-test
    assert len(rows) == 1000
