import paddle

model = paddle.nn.Linear(10, 2)  # finds: unseeded-paddle
print(model(paddle.ones([1, 10])))
