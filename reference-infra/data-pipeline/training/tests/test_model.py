import json

import numpy as np
import onnxruntime

from tests.support import TrainerTest, rows_of, write_csv
from trainer.report import Report
from trainer.split import is_held_out


class SplitTest(TrainerTest):
    def test_the_key_decides_by_its_sha_256(self) -> None:
        # printf p0 | sha256sum | cut --characters=1-16
        share = int("169b5b823c62b64c", 16) / 2**64
        self.assertTrue(is_held_out("p0", share + 1e-9))
        self.assertFalse(is_held_out("p0", share - 1e-9))

    def test_about_the_share_is_held_out(self) -> None:
        # 20,000 draws: five standard deviations are 0.0153.
        held = sum(is_held_out(str(i), 0.25) for i in range(20_000)) / 20_000
        self.assertAlmostEqual(held, 0.25, delta=0.0153)

    def test_a_larger_share_holds_out_the_same_and_more(self) -> None:
        keys = [str(i) for i in range(1000)]
        small = {key for key in keys if is_held_out(key, 0.1)}
        large = {key for key in keys if is_held_out(key, 0.3)}
        self.assertLess(small, large)

    def test_too_little_is_refused(self) -> None:
        rows = rows_of(199)
        path = self.folder / "d/a.csv"
        self.assertIn("199 rows are too few; allowed: at least 200", self.refused(write_csv(path, rows)))
        ones = [{**row, "label": 1} for row in rows_of(300)]
        self.assertIn(
            "all 300 rows have the label 1; allowed: two classes or more", self.refused(write_csv(path, ones))
        )
        ones[0]["label"] = 0
        self.assertRegex(self.refused(write_csv(path, ones)), r"class 0: [01] rows to be .*; allowed: at least 10 of")
        path.write_text("id,a,b,c,label\n")
        self.assertIn("0 rows are too few", self.refused(path))


class ModelTest(TrainerTest):
    def report(self) -> Report:
        report: Report = json.loads((self.folder / "out/training-report.json").read_text())
        return report

    def test_the_held_out_rows_are_those_of_the_report_and_none_is_trained_on(self) -> None:
        rows = rows_of(400)
        code, out, _ = self.train(write_csv(self.folder / "d/a.csv", rows))
        self.assertEqual(code, 0)
        held = [row for row in rows if is_held_out(str(row["id"]), 0.25)]
        self.assertIn(f"trained on {400 - len(held)} rows; on {len(held)} held-out rows: accuracy 0.", out)
        lines = (self.folder / "out/holdout.csv").read_text().splitlines()
        self.assertEqual(lines[0], "id,a,b,c,label")
        self.assertEqual([line.split(",")[0] for line in lines[1:]], sorted(str(row["id"]) for row in held))
        first = next(row for row in held if lines[1].startswith(f"{row['id']},"))
        cells = lines[1].split(",")
        self.assertEqual([np.float32(cell) for cell in cells[1:4]], [np.float32(first[name]) for name in "abc"])
        counted = self.report()["rows"]["holdout"]
        self.assertEqual(counted, {str(k): sum(row["label"] == k for row in held) for k in (0, 1)})

    def test_three_classes_with_names(self) -> None:
        rows = rows_of(600)
        for row in rows:
            row["label"] = "high" if float(row["a"]) > 1 else ("low" if float(row["b"]) > 0 else "middle")
        self.assertEqual(self.train(write_csv(self.folder / "d/a.csv", rows))[0], 0)
        session = onnxruntime.InferenceSession(self.folder / "out/model/model.onnx")
        label, probabilities = session.run(None, {"X": np.array([[4, -4, 100]], np.float32)})
        self.assertEqual(label.tolist(), ["high"])
        self.assertAlmostEqual(float(probabilities.sum()), 1, places=6)
        self.assertGreater(self.report()["metrics"]["accuracy"], 0.8)

    def test_a_solver_that_is_stopped_early_is_an_error(self) -> None:
        path = write_csv(self.folder / "d/a.csv", rows_of(400))
        self.assertIn(
            "has not converged within 1 passes; give more (--max-iter)", self.refused(path, "--max-iter", "1")
        )

    def test_a_column_that_does_not_vary_is_an_error(self) -> None:
        path = write_csv(self.folder / "d/a.csv", [{**row, "c": 5} for row in rows_of(400)])
        self.assertIn("`c` has one value in all rows that are trained on", self.refused(path))

    def test_a_model_that_float32_cannot_hold_is_an_error(self) -> None:
        # A mean of 16 million that varies by 4: float32 keeps whole numbers there.
        rows = [{**row, "a": 16_000_000 + round(float(row["a"]) * 4)} for row in rows_of(400)]
        self.assertIn(
            "the ONNX model differs from scikit-learn's by", self.refused(write_csv(self.folder / "d/a.csv", rows))
        )

    def test_a_folder_of_somebody_else_is_left_alone(self) -> None:
        path = write_csv(self.folder / "d/a.csv", rows_of(400))
        mine = self.folder / "out"
        mine.mkdir()
        (mine / "thesis.txt").write_text("x")
        code, _, err = self.train(path)
        self.assertEqual(code, 1)
        self.assertIn("holds other things than a model; allowed for --out: an empty folder, or an earlier model", err)
        self.assertEqual([each.name for each in mine.iterdir()], ["thesis.txt"])
        (mine / "thesis.txt").unlink()
        mine.rmdir()
        mine.write_text("x")
        self.assertIn("out: not a folder", self.train(path)[2])
