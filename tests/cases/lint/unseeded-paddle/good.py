import paddle

paddle.seed(42)
model = paddle.nn.Linear(10, 2)
print(model(paddle.ones([1, 10])))
