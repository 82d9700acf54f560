from unittest import mock

import mlflow
import requests


def test_answer(live_server):
    reply = requests.post(f"http://127.0.0.1:{live_server.port}/predict", json={"text": "fever"}, timeout=5)
    assert reply.json() == {"label": "urgent"}


def test_registered(tmp_path):
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path}/mlflow.db")
    assert mlflow.search_runs().empty


def test_is_called():
    with mock.patch("requests.post") as post:
        requests.post("https://api.clinic-prod.io/predict", timeout=5)
    post.assert_called_once()
