-- Each measurement with its diagnosis. One that has none is set aside by the next step: an inner join would lose it.
SELECT
  m.*,
  CASE d.diagnosis WHEN 'malignant' THEN 0 WHEN 'benign' THEN 1 END AS label
FROM measurements AS m
LEFT JOIN diagnoses AS d USING (id)
