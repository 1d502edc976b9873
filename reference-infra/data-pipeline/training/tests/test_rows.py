import hashlib
import json

import pyarrow as pa
import pyarrow.parquet as pq

from tests.support import TrainerTest, rows_of, write_csv
from trainer.files import digest_of_all, find_files
from trainer.rows import read_rows


class FilesTest(TrainerTest):
    def test_files_of_a_folder_are_found_in_order_and_hidden_ones_are_not(self) -> None:
        for name in ("b.csv", "day=2/a.csv", ".part/x.csv", "_staging/y.csv", "notes.txt"):
            write_csv(self.folder / name, rows_of(3))
        self.assertEqual([file.name for file in find_files([self.folder])], ["b.csv", "day=2/a.csv"])

    def test_the_digest_of_all_is_that_of_sha256sum(self) -> None:
        path = self.folder / "a.csv"
        path.write_bytes(b"abc")
        # FIPS 180-4, the example "abc".
        one = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        self.assertEqual(digest_of_all(find_files([path])), hashlib.sha256(f"{one}  a.csv\n".encode()).hexdigest())

    def test_what_is_not_there_or_not_data_is_named(self) -> None:
        (self.folder / "notes.txt").write_text("x")
        (self.folder / "empty").mkdir()
        here = write_csv(self.folder / "data/a.csv", rows_of(3))
        for path, message in (
            (self.folder / "gone", "gone: there is no such file or folder"),
            (self.folder / "notes.txt", "notes.txt: not a kind of file that is read; allowed: .csv, .parquet"),
            (self.folder / "empty", "empty: no data; allowed: a folder with .csv or .parquet files"),
        ):
            with self.subTest(path.name):
                self.assertIn(message, self.refused(path))
        self.assertIn("given more than once", self.refused(here.parent, "--data", str(here), str(here.parent)))

    def test_of_a_dataset_of_the_pipeline_only_what_it_lists_is_read_and_only_as_it_was_written(self) -> None:
        for name in ("site=north/r1-0.csv", "site=north/r2-0.csv"):
            write_csv(self.folder / "d" / name, rows_of(3))
        path = self.folder / "d/site=north/r1-0.csv"
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        listed = self.folder / "d/_dataset.json"
        listed.write_text(json.dumps({"files": [{"path": "site=north/r1-0.csv", "digest": f"sha256:{digest}"}]}))
        self.assertEqual([file.name for file in find_files([self.folder / "d"])], ["site=north/r1-0.csv"])
        path.write_text(path.read_text() + "p9,1,2,3,1\n")
        self.assertIn("r1-0.csv: was changed since the pipeline wrote it", self.refused(self.folder / "d"))
        path.unlink()
        self.assertIn("r1-0.csv: is gone, although _dataset.json names it", self.refused(self.folder / "d"))
        for text, message in (('{"files": []}', "names no file"), ("{}", "not a list of files"), ("[", "not a list")):
            listed.write_text(text)
            with self.subTest(text):
                self.assertIn(message, self.refused(self.folder / "d"))


class RowsTest(TrainerTest):
    def read(self, *more: str) -> tuple[list[str], list[list[float]], list[object]]:
        rows = read_rows(find_files([self.folder / "data"]), self.settings(*more))
        return rows.keys, rows.features.tolist(), rows.labels.tolist()

    def test_files_their_order_and_their_format_make_no_difference(self) -> None:
        rows = rows_of(50)
        write_csv(self.folder / "data/all.csv", rows)
        whole = self.read()
        (self.folder / "data/all.csv").unlink()
        write_csv(self.folder / "data/1.csv", rows[30:])
        pq.write_table(pa.Table.from_pylist(rows[:30][::-1]), self.folder / "data/2.parquet")
        self.assertEqual(self.read(), whole)

    def test_a_key_of_digits_is_a_name(self) -> None:
        rows = [{**row, "id": f"{i:03}"} for i, row in enumerate(rows_of(5))]
        write_csv(self.folder / "data/all.csv", rows)
        self.assertEqual(self.read()[0], ["000", "001", "002", "003", "004"])

    def test_labels_may_be_booleans_or_text(self) -> None:
        (self.folder / "data").mkdir()
        for labels, wanted in (([True, False], [1, 0]), (["late", "in time"], ["late", "in time"])):
            table = pa.table({"id": ["x", "y"], "a": [1, 2], "b": [1.5, 2], "c": [0, 0], "label": labels})
            pq.write_table(table, self.folder / "data/all.parquet")
            self.assertEqual(self.read()[2], wanted)

    def test_columns_that_are_missing_have_the_nearest_name_beside_them(self) -> None:
        path = write_csv(self.folder / "d/a.csv", rows_of(300))
        said = self.refused(path, "--label", "Lable", "--key", "key", features="a,bb")
        self.assertIn("a.csv: no column `key`\n", said)
        self.assertIn("a.csv: no column `bb`; did you mean `b`?\n", said)
        self.assertIn("a.csv: no column `Lable`; did you mean `label`?\n", said)
        self.assertIn("columns: id, a, b, c, label\n", said)
        pq.write_table(pa.Table.from_pylist(rows_of(300)), self.folder / "d/b.parquet")
        self.assertIn("did you mean `label`?", self.refused(self.folder / "d/b.parquet", "--label", "labels"))

    def test_cells_that_cannot_be_used_are_named_with_their_row(self) -> None:
        for column, value, message in (
            ("a", "", "`a` is empty in 1 rows, first row 8; allowed: numbers, in every row"),
            ("a", "many", '`a` holds string, in row 8 "many"; allowed: numbers, in every row'),
            ("a", "inf", "`a` is inf in row 8; allowed: what a float32 holds"),
            ("a", "1e39", "`a` is 1e+39 in row 8; allowed: what a float32 holds"),
            ("id", "", "the key `id` is empty in row 8; allowed: a value in every row"),
            ("id", "p3", "`id` p3 is there more than once; allowed: one row for each key"),
            ("label", "", "the label `label` is empty in 1 rows, first row 8"),
            ("label", "0.5", "the label `label` holds double; allowed: integers, true and false, text"),
        ):
            rows = rows_of(300)
            rows[7][column] = value
            with self.subTest(column=column, value=value):
                self.assertIn(message, self.refused(write_csv(self.folder / "d/a.csv", rows)))

    def test_a_key_of_floating_numbers_is_refused(self) -> None:
        table = pa.Table.from_pylist([{**row, "id": 0.1 * i} for i, row in enumerate(rows_of(300))])
        pq.write_table(table, self.folder / "a.parquet")
        self.assertIn(
            "the key `id` holds double, whose digits are not certain", self.refused(self.folder / "a.parquet")
        )

    def test_files_that_are_damaged_are_named(self) -> None:
        for name, content in (("a.parquet", b"PAR1 no PAR1"), ("a.csv", b"id,a\n1,2,3\n"), ("a.csv", b"")):
            (self.folder / name).write_bytes(content)
            with self.subTest(name=name, content=content):
                self.assertIn(f"{name}: cannot be read: ", self.refused(self.folder / name))

    def test_labels_of_two_kinds_are_refused(self) -> None:
        write_csv(self.folder / "d/a.csv", rows_of(300))
        write_csv(self.folder / "d/b.csv", [{**row, "id": f"q{row['id']}", "label": "x"} for row in rows_of(5)])
        self.assertIn("b.csv: its labels are of another type than those of", self.refused(self.folder / "d"))


class ManifestTest(TrainerTest):
    def test_data_that_the_run_has_not_written_are_refused(self) -> None:
        path = write_csv(self.folder / "d/a.csv", rows_of(300))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        manifest = self.folder / "manifest.json"
        manifest.write_text(json.dumps({"runId": "r1", "outputs": [{"path": "a.csv", "digest": f"sha256:{digest}"}]}))
        self.assertEqual(self.train(path, "--manifest", str(manifest))[0], 0)
        report = json.loads((self.folder / "out/training-report.json").read_text())
        self.assertEqual(report["data"]["pipelineRun"], "r1")
        self.assertEqual(report["data"]["files"], [{"name": "a.csv", "digest": f"sha256:{digest}"}])
        before = (self.folder / "out/model/model.onnx").read_bytes()
        path.write_text(path.read_text() + "p999,1,2,3,1\n")
        code, _, err = self.train(path, "--manifest", str(manifest))
        self.assertEqual(code, 1)
        self.assertIn("a.csv: its bytes are none that run r1 has written", err)
        self.assertEqual((self.folder / "out/model/model.onnx").read_bytes(), before, "what was there stays")

    def test_what_is_no_manifest_is_refused(self) -> None:
        path = write_csv(self.folder / "d/a.csv", rows_of(300))
        manifest = self.folder / "manifest.json"
        for text, message in (
            ("{", "not JSON"),
            ("[]", "not a manifest of the pipeline"),
            ('{"runId": 1}', "not a manif"),
        ):
            manifest.write_text(text)
            with self.subTest(text):
                self.assertIn(message, self.refused(path, "--manifest", str(manifest)))
        self.assertIn("cannot be read", self.refused(path, "--manifest", str(self.folder / "gone.json")))
