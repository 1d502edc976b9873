from tests.support import TrainerTest
from trainer.errors import TrainingError
from trainer.settings import read_settings

GIVEN = ["--data", "d", "--out", "o", "--features", "a,b"]

WRONG = [
    (["--seed", "-1"], "--seed is -1; allowed: a whole number from 0 to 4294967295"),
    (["--seed", "x"], "argument --seed: invalid int value: 'x'"),
    (["--c", "0"], "--c is 0.0; allowed: a number above 0"),
    (["--c", "nan"], "--c is nan; allowed: a number above 0"),
    (["--holdout", "0.9"], "--holdout is 0.9; allowed: a share from 0.05 to 0.5"),
    (["--max-iter", "0"], "--max-iter is 0; allowed: a whole number from 1"),
    (["--min-rows", "1"], "--min-rows is 1; allowed: a whole number from 2"),
    (["--features", "a,,b"], "--features has an empty name; allowed: column names, separated by commas"),
    (["--features", "a,b,a"], "--features names `a` more than once"),
    (["--features", "a,label"], "`label` is the --label and cannot be one of the --features"),
    (["--label", "id"], "`id` is --label and --key; allowed: two columns"),
    (["--register", "m"], "--register needs a registry: give --mlflow-tracking-uri, or set MLFLOW_TRACKING_URI"),
    (["--alias", "champion"], "--alias is champion, which is what is served"),
    (["--alias", "Champion"], "--alias is champion, which is what is served"),
    (["--alias", "v1"], '--alias is "v1"; allowed: letters, digits'),
    (["--alias", "latest"], '--alias is "latest"; allowed: letters, digits'),
    (["--sed", "1"], "unrecognized arguments: --sed 1; did you mean `--seed`?"),
]


class SettingsTest(TrainerTest):
    def test_what_is_wrong_is_said_with_what_is_allowed(self) -> None:
        for more, message in WRONG:
            with self.subTest(more), self.assertRaises(TrainingError) as caught:
                read_settings([*GIVEN, *more], {})
            self.assertIn(message, str(caught.exception))

    def test_all_mistakes_are_said_at_once(self) -> None:
        with self.assertRaises(TrainingError) as caught:
            read_settings([*GIVEN, "--seed", "-1", "--holdout", "0", "--c", "-2"], {})
        self.assertEqual(len(str(caught.exception).splitlines()), 3)

    def test_the_registry_comes_from_the_environment(self) -> None:
        settings = read_settings([*GIVEN, "--register", "m"], {"MLFLOW_TRACKING_URI": "http://there"})
        self.assertEqual(settings.tracking_uri, "http://there")
        self.assertIsNone(read_settings(GIVEN, {"MLFLOW_TRACKING_URI": ""}).tracking_uri)

    def test_a_name_that_the_registry_cannot_have_is_refused(self) -> None:
        for name in ("a/b", "a:b", " "):
            with self.subTest(name), self.assertRaises(TrainingError) as caught:
                read_settings([*GIVEN, "--register", name, "--mlflow-tracking-uri", "http://x"], {})
            self.assertIn("allowed: a name without", str(caught.exception))
