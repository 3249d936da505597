"""How good results are, measured on documents that a person has labelled.

Labels and results come in as plain JSON data; `judge` says what became of each labelled value,
`score`, `reliability`, `thresholds` and `compare` count. These are pure. Reading labels, drawing
pictures of misses and writing files are at the edge.
"""

from loanbatch.evaluation._baseline import Change, baseline_of, compare, figures_of
from loanbatch.evaluation._figures import Figures, Score, score, share
from loanbatch.evaluation._files import check_folder, write_private
from loanbatch.evaluation._judging import (
    Judged,
    JudgedDocument,
    JudgedFile,
    Judgement,
    Verdict,
    judge,
)
from loanbatch.evaluation._labels import LabelFile, read_json, read_labels, results_of, set_aside
from loanbatch.evaluation._miss_page import miss_page, shown
from loanbatch.evaluation._reliability import (
    THRESHOLDS,
    Bin,
    Reliability,
    Threshold,
    found_values,
    reliability,
    reliability_by_extractor,
    thresholds,
)
from loanbatch.evaluation._values import means_same, pair_rows

__all__ = [
    "THRESHOLDS",
    "Bin",
    "Change",
    "Figures",
    "Judged",
    "JudgedDocument",
    "JudgedFile",
    "Judgement",
    "LabelFile",
    "Reliability",
    "Score",
    "Threshold",
    "Verdict",
    "baseline_of",
    "check_folder",
    "compare",
    "figures_of",
    "found_values",
    "judge",
    "means_same",
    "miss_page",
    "pair_rows",
    "read_json",
    "read_labels",
    "reliability",
    "reliability_by_extractor",
    "results_of",
    "score",
    "set_aside",
    "share",
    "shown",
    "thresholds",
    "write_private",
]
