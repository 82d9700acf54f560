"""What libraries draw and what seeds them, by dotted name.

The generators: `random` (Python's own), `numpy` (its global one), `torch`, `tensorflow` (with Keras), `cupy`, `mxnet`,
`paddle`, `gymnasium` (any environment). A name is first brought to the form used here by `canonical`.
"""

from __future__ import annotations

from functools import lru_cache

_PREFIXES = (
    ("tensorflow.compat.v1.keras", "keras"),
    ("tensorflow.compat.v1", "tensorflow"),
    ("tensorflow.compat.v2", "tensorflow"),
    ("tensorflow.python.keras", "keras"),
    ("tensorflow.keras", "keras"),
    ("tf_keras", "keras"),
    ("pytorch_lightning", "lightning"),
    ("lightning.pytorch", "lightning"),
    ("lightning.fabric", "lightning"),
    ("lightning_fabric", "lightning"),
    ("gym", "gymnasium"),
    ("numpy.random.mtrand", "numpy.random"),
    ("sklearn.cross_validation", "sklearn.model_selection"),
    ("paddle.fluid", "paddle"),
)


@lru_cache(4096)
def canonical(name: str) -> str:
    """The one name of what libraries export under several."""
    for old, new in _PREFIXES:
        if name == old or name.startswith(old + "."):
            return new + name[len(old) :]
    return name


def names(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


RANDOM_DRAWS = names(
    """random uniform randint randrange choice choices shuffle sample gauss normalvariate lognormvariate
    expovariate betavariate gammavariate triangular vonmisesvariate paretovariate weibullvariate getrandbits
    randbytes binomialvariate"""
)
NUMPY_DRAWS = names(
    """rand randn randint random random_sample ranf sample choice shuffle permutation uniform normal standard_normal
    beta binomial bytes chisquare dirichlet exponential f gamma geometric gumbel hypergeometric laplace logistic
    lognormal logseries multinomial multivariate_normal negative_binomial noncentral_chisquare noncentral_f pareto
    poisson power random_integers rayleigh standard_cauchy standard_exponential standard_gamma standard_t triangular
    vonmises wald weibull zipf"""
)
TORCH_DRAWS = names(
    """rand randn randint randperm rand_like randn_like randint_like normal bernoulli multinomial poisson dropout"""
)
TORCH_IN_PLACE = names("normal_ uniform_ random_ exponential_ bernoulli_ geometric_ cauchy_ log_normal_ trunc_normal_")
TORCH_LAYERS = names(
    """Linear Bilinear LazyLinear Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d LazyConv1d
    LazyConv2d Embedding EmbeddingBag RNN LSTM GRU RNNCell LSTMCell GRUCell MultiheadAttention Transformer
    TransformerEncoder TransformerDecoder TransformerEncoderLayer TransformerDecoderLayer"""
)
TORCH_INITS = names(
    """uniform_ normal_ trunc_normal_ xavier_uniform_ xavier_normal_ kaiming_uniform_ kaiming_normal_ orthogonal_
    sparse_ xavier_uniform xavier_normal kaiming_uniform kaiming_normal uniform normal orthogonal"""
)
KERAS_LAYERS = names(
    """Dense Conv1D Conv2D Conv3D Conv2DTranspose Conv1DTranspose Conv3DTranspose SeparableConv1D SeparableConv2D
    DepthwiseConv2D Embedding LSTM GRU SimpleRNN ConvLSTM2D MultiHeadAttention Dropout SpatialDropout1D
    SpatialDropout2D GaussianNoise GaussianDropout AlphaDropout EinsumDense Convolution1D Convolution2D Bidirectional
    RandomFlip RandomRotation RandomZoom RandomCrop RandomTranslation RandomContrast RandomBrightness"""
)
TENSORFLOW_DRAWS = names(
    """normal uniform truncated_normal categorical shuffle gamma poisson multinomial random_normal random_uniform
    random_shuffle random_crop"""
)
TRANSFORMS = names(
    """RandomCrop RandomHorizontalFlip RandomVerticalFlip RandomResizedCrop RandomRotation RandomAffine
    ColorJitter RandomErasing RandomGrayscale RandomPerspective RandomApply RandomChoice RandAugment TrivialAugmentWide
    AutoAugment AugMix GaussianBlur RandomSizedCrop"""
)

ALL = ("random", "numpy", "torch", "tensorflow")

SEEDERS: dict[str, tuple[tuple[str, ...], str]] = {
    "random.seed": (("random",), "a"),
    "numpy.random.seed": (("numpy",), "seed"),
    "torch.manual_seed": (("torch",), "seed"),
    "torch.random.manual_seed": (("torch",), "seed"),
    "torch.default_generator.manual_seed": (("torch",), "seed"),
    "torch.cuda.manual_seed": ((), "seed"),
    "torch.cuda.manual_seed_all": ((), "seed"),
    "torch.mps.manual_seed": ((), "seed"),
    "tensorflow.random.set_seed": (("tensorflow",), "seed"),
    "tensorflow.random.set_random_seed": (("tensorflow",), "seed"),
    "tensorflow.set_random_seed": (("tensorflow",), "seed"),
    "keras.utils.set_random_seed": (("random", "numpy", "tensorflow"), "seed"),
    "keras.backend.set_random_seed": (("tensorflow",), "seed"),
    "lightning.seed_everything": (("random", "numpy", "torch"), "seed"),
    "lightning.utilities.seed.seed_everything": (("random", "numpy", "torch"), "seed"),
    "lightning.utilities.seed_everything": (("random", "numpy", "torch"), "seed"),
    "transformers.set_seed": (ALL, "seed"),
    "transformers.trainer_utils.set_seed": (ALL, "seed"),
    "accelerate.utils.set_seed": (ALL, "seed"),
    "accelerate.utils.random.set_seed": (ALL, "seed"),
    "diffusers.training_utils.set_seed": (("random", "numpy", "torch"), "seed"),
    "fastai.torch_core.set_seed": (("random", "numpy", "torch"), "s"),
    "monai.utils.set_determinism": (("random", "numpy", "torch"), "seed"),
    "monai.utils.misc.set_determinism": (("random", "numpy", "torch"), "seed"),
    "torch_geometric.seed_everything": (("random", "numpy", "torch"), "seed"),
    "torch_geometric.seed.seed_everything": (("random", "numpy", "torch"), "seed"),
    "stable_baselines3.common.utils.set_random_seed": (("random", "numpy", "torch"), "seed"),
    "ignite.utils.manual_seed": (("random", "numpy", "torch"), "seed"),
    "mmengine.runner.set_random_seed": (("random", "numpy", "torch"), "seed"),
    "mmengine.runner.utils.set_random_seed": (("random", "numpy", "torch"), "seed"),
    "mmcv.runner.set_random_seed": (("random", "numpy", "torch"), "seed"),
    "mmdet.apis.set_random_seed": (("random", "numpy", "torch"), "seed"),
    "spacy.util.fix_random_seed": (("random", "numpy", "torch"), "seed"),
    "pyro.set_rng_seed": (("random", "numpy", "torch"), "rng_seed"),
    "botorch.manual_seed": (("torch",), "seed"),
    "botorch.utils.sampling.manual_seed": (("torch",), "seed"),
    "speechbrain.utils.seed.seed_everything": (("random", "numpy", "torch"), "seed"),
    "allennlp.common.util.prepare_environment": (("random", "numpy", "torch"), "params"),
    "fairseq.utils.set_torch_seed": (("torch",), "seed"),
    "numpyro.set_rng_seed": ((), "seed"),
    "dgl.seed": ((), "val"),
    "dgl.random.seed": ((), "val"),
    "cupy.random.seed": (("cupy",), "seed"),
    "mxnet.random.seed": (("mxnet",), "seed_state"),
    "paddle.seed": (("paddle",), "seed"),
    "paddle.framework.seed": (("paddle",), "seed"),
    "paddle.random.seed": (("paddle",), "seed"),
    "paddlenlp.trainer.set_seed": (("random", "numpy", "paddle"), "seed"),
    "tianshou.utils.set_random_seed": (("random", "numpy", "torch"), "seed"),
}
"""Calls that seed: which generators, and the name of the parameter (the first one) that holds the seed."""

FIXED_BY_DEFAULT = frozenset(
    {
        "spacy.util.fix_random_seed",
        "monai.utils.set_determinism",
        "monai.utils.misc.set_determinism",
        "speechbrain.utils.seed.seed_everything",
    }
)
"""Seeders whose seed is a number where it is not given."""

BY_LAST_NAME = {
    "seed_everything": ("random", "numpy", "torch"),
    "set_random_seed": ("random", "numpy", "torch"),
    "set_determinism": ("random", "numpy", "torch"),
    "set_seed": ("random", "numpy", "torch"),
    "set_seeds": ("random", "numpy", "torch"),
    "set_global_seeds": ("random", "numpy", "torch"),
    "fix_seed": ("random", "numpy", "torch"),
    "seed_all": ("random", "numpy", "torch"),
    "manual_seed_all": (),
    "fix_random_seed": ("random", "numpy", "torch"),
}
"""Seeders of libraries that are not known: what they seed is not seen, so it becomes `unknown`, not controlled."""

SEEDING_TRAINERS = names("Trainer Seq2SeqTrainer SFTTrainer DPOTrainer RewardTrainer KTOTrainer ORPOTrainer")
"""Of transformers and trl: made, they seed random, numpy and torch with `TrainingArguments.seed`, 42 by default."""
TRAINING_ARGUMENTS = names(
    "TrainingArguments Seq2SeqTrainingArguments SFTConfig DPOConfig RewardConfig KTOConfig ORPOConfig"
)

SB3_ALGORITHMS = names("PPO A2C DQN SAC TD3 DDPG HER QRDQN TQC TRPO ARS RecurrentPPO MaskablePPO CrossQ")

OPTUNA_SAMPLERS = names(
    "TPESampler RandomSampler CmaEsSampler NSGAIISampler NSGAIIISampler GPSampler QMCSampler MOTPESampler"
)

YAML_READERS = names("yaml.safe_load yaml.load yaml.full_load omegaconf.OmegaConf.load mmengine.Config.fromfile")
"""Functions that read YAML: from a path or from an open file."""
CONFIG_READERS = names(
    """yaml.safe_load yaml.load yaml.full_load yaml.safe_load_all json.load json.loads toml.load toml.loads
    tomllib.load tomllib.loads tomli.load tomli.loads omegaconf.OmegaConf.load omegaconf.OmegaConf.create
    omegaconf.OmegaConf.from_cli omegaconf.OmegaConf.merge omegaconf.OmegaConf.structured
    omegaconf.OmegaConf.to_container hydra.compose configparser.ConfigParser configparser.RawConfigParser
    configparser.SafeConfigParser dvc.api.params_show mmengine.Config.fromfile mmcv.Config.fromfile
    mmengine.config.Config.fromfile pyhocon.ConfigFactory.parse_file ml_collections.ConfigDict
    ml_collections.config_dict.ConfigDict box.Box addict.Dict munch.munchify hyperpyyaml.load_hyperpyyaml
    pickle.load joblib.load torch.load"""
)

ENTROPY_CALLS = {
    "time.time": "the clock",
    "time.time_ns": "the clock",
    "time.perf_counter": "the clock",
    "time.perf_counter_ns": "the clock",
    "time.monotonic": "the clock",
    "time.process_time": "the clock",
    "time.clock": "the clock",
    "datetime.datetime.now": "the clock",
    "datetime.datetime.utcnow": "the clock",
    "datetime.datetime.today": "the clock",
    "datetime.now": "the clock",
    "os.urandom": "the system's entropy",
    "os.getpid": "the number of the process",
    "uuid.uuid4": "the system's entropy",
    "uuid.uuid1": "the clock",
    "secrets.randbelow": "the system's entropy",
    "secrets.randbits": "the system's entropy",
    "secrets.token_bytes": "the system's entropy",
    "secrets.token_hex": "the system's entropy",
    "torch.seed": "the system's entropy",
    "torch.random.seed": "the system's entropy",
    "torch.cuda.seed": "the system's entropy",
    "builtins.id": "an address in memory",
}
"""Calls whose result differs from run to run, and where it comes from."""

LISTINGS = {
    "os.listdir": "os.listdir",
    "os.scandir": "os.scandir",
    "os.walk": "os.walk",
    "glob.glob": "glob.glob",
    "glob.iglob": "glob.iglob",
    "tensorflow.io.gfile.listdir": "tf.io.gfile.listdir",
    "tensorflow.io.gfile.glob": "tf.io.gfile.glob",
    "tensorflow.gfile.Glob": "tf.gfile.Glob",
}
LISTING_METHODS = names("glob rglob iterdir")

KEEPS_ORDER = names(
    """tqdm.tqdm tqdm.auto.tqdm tqdm.notebook.tqdm itertools.chain itertools.islice rich.progress.track"""
)
"""Functions that return what they are given, in its order."""
WRITERS = names(
    """json.dump json.dumps pickle.dump pickle.dumps yaml.dump yaml.safe_dump joblib.dump torch.save numpy.save
    numpy.savez numpy.savetxt"""
)
"""Functions that write down values with what they hold."""
CONSUMERS = names(
    """Bunch array asarray stack vstack hstack concatenate concat cat DataFrame Series from_tensor_slices
    train_test_split shuffle permutation choice sample fit fit_transform Dataset TensorDataset Tensor tensor
    from_list from_dict ConcatDataset split array_split map_fn StringLookup from_files from_folder"""
)
"""Functions, by their last name, whose result depends on the order of what they are given."""

RECORDERS = names(
    """builtins.print builtins.str builtins.repr builtins.format builtins.vars builtins.dir pprint.pprint
    json.dump json.dumps yaml.dump yaml.safe_dump logging.info logging.debug logging.warning wandb.init
    mlflow.log_params mlflow.log_param"""
)
"""Functions that write down what they are given and act on none of it."""
