"""scikit-learn style callables that draw where `random_state` is not given, each with the settings at which it does."""

from __future__ import annotations

from collections.abc import Callable

from mlgate.lint.seeds.values import Known, Option, Value

Keywords = dict[str, Value]


def _is(keywords: Keywords, name: str, *values: object) -> bool:
    value = keywords.get(name)
    if isinstance(value, Option):
        value = value.default
    return isinstance(value, Known) and any(value.const is item or value.const == item for item in values)


def _always(_: Keywords) -> bool:
    return True


def _when(name: str, *values: object) -> Callable[[Keywords], bool]:
    return lambda keywords: _is(keywords, name, *values)


def _unless(name: str, *values: object) -> Callable[[Keywords], bool]:
    return lambda keywords: not _is(keywords, name, *values)


def _restarts(keywords: Keywords) -> bool:
    value = keywords.get("n_restarts_optimizer")
    return isinstance(value, Known) and value.const not in (0, None)


_SHUFFLED = ("KFold", "StratifiedKFold", "StratifiedGroupKFold", "GroupKFold")
_SPLITS = ("ShuffleSplit", "StratifiedShuffleSplit", "GroupShuffleSplit", "RepeatedKFold", "RepeatedStratifiedKFold")
_MODELS = """
    RandomForestClassifier RandomForestRegressor ExtraTreesClassifier ExtraTreesRegressor
    RandomTreesEmbedding GradientBoostingClassifier GradientBoostingRegressor
    DecisionTreeClassifier DecisionTreeRegressor ExtraTreeClassifier
    ExtraTreeRegressor BaggingClassifier BaggingRegressor AdaBoostClassifier AdaBoostRegressor IsolationForest
    KMeans MiniBatchKMeans BisectingKMeans SpectralClustering MLPClassifier MLPRegressor BernoulliRBM SGDClassifier
    SGDRegressor SGDOneClassSVM Perceptron PassiveAggressiveClassifier PassiveAggressiveRegressor RANSACRegressor
    TheilSenRegressor GaussianMixture BayesianGaussianMixture LatentDirichletAllocation NMF MiniBatchNMF FastICA
    DictionaryLearning MiniBatchDictionaryLearning SparsePCA MiniBatchSparsePCA TSNE MDS SpectralEmbedding RBFSampler
    Nystroem SkewedChi2Sampler PolynomialCountSketch GaussianRandomProjection SparseRandomProjection
    RandomizedSearchCV HalvingRandomSearchCV HalvingGridSearchCV permutation_importance mutual_info_classif
    mutual_info_regression shuffle resample kmeans_plusplus k_means randomized_svd
    make_classification make_regression make_blobs make_moons make_circles make_gaussian_quantiles make_hastie_10_2
    make_low_rank_matrix make_multilabel_classification make_s_curve make_swiss_roll make_sparse_coded_signal
    make_sparse_spd_matrix make_sparse_uncorrelated make_spd_matrix make_friedman1 make_friedman2 make_friedman3
    make_biclusters make_checkerboard
    UMAP ParametricUMAP SMOTE SMOTENC SMOTEN SVMSMOTE BorderlineSMOTE KMeansSMOTE ADASYN RandomOverSampler
    RandomUnderSampler BalancedRandomForestClassifier BalancedBaggingClassifier EasyEnsembleClassifier
    RUSBoostClassifier SMOTEENN SMOTETomek ClusterCentroids InstanceHardnessThreshold make_imbalance
    TPOTClassifier TPOTRegressor BayesSearchCV SVD SVDpp
"""
_TRUE = ("SVC", "NuSVC")

SPLITS: dict[str, Callable[[Keywords], bool]] = {
    "train_test_split": _unless("shuffle", False),
    **dict.fromkeys(_SHUFFLED, _when("shuffle", True)),
    **dict.fromkeys(_SPLITS, _always),
}
"""Splitters: rule `unseeded-split`."""

SURPRISE_SPLITS: dict[str, Callable[[Keywords], bool]] = {
    **dict.fromkeys(("KFold", "train_test_split"), _unless("shuffle", False)),
    **dict.fromkeys(("ShuffleSplit", "RepeatedKFold"), _always),
}
"""Those of scikit-surprise, which shuffle by default."""

ESTIMATORS: dict[str, Callable[[Keywords], bool]] = {
    **dict.fromkeys(_MODELS.split(), _always),
    **dict.fromkeys(_TRUE, _when("probability", True)),
    "LogisticRegression": _when("solver", "saga", "sag", "liblinear"),
    "LogisticRegressionCV": _when("solver", "saga", "sag", "liblinear"),
    "Ridge": _when("solver", "saga", "sag"),
    "RidgeClassifier": _when("solver", "saga", "sag"),
    "Lasso": _when("selection", "random"),
    "ElasticNet": _when("selection", "random"),
    "LassoCV": _when("selection", "random"),
    "ElasticNetCV": _when("selection", "random"),
    "PCA": _when("svd_solver", "randomized", "arpack"),
    "TruncatedSVD": _unless("algorithm", "arpack"),
    "KernelPCA": _when("eigen_solver", "randomized", "arpack"),
    "IterativeImputer": lambda keywords: (
        _is(keywords, "sample_posterior", True) or _is(keywords, "imputation_order", "random")
    ),
    "DummyClassifier": _when("strategy", "uniform", "stratified"),
    "GaussianProcessRegressor": _restarts,
    "GaussianProcessClassifier": _restarts,
    "silhouette_score": lambda keywords: "sample_size" in keywords and not _is(keywords, "sample_size", None),
    "learning_curve": _when("shuffle", True),
    "fetch_olivetti_faces": _when("shuffle", True),
    "HistGradientBoostingClassifier": _when("early_stopping", True),
    "HistGradientBoostingRegressor": _when("early_stopping", True),
}
"""Everything else: rule `unseeded-estimator`."""

ROOTS = frozenset({"sklearn", "imblearn", "umap", "cuml", "tpot", "skopt", "dask_ml", "sklearnex", "surprise"})
"""Packages whose callables follow the convention."""
