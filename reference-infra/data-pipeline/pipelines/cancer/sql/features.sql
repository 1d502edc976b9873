-- The eight inputs of the model, under its names and in its order. Of several measurements of a patient the last counts.
SELECT
  id,
  site,
  measured_at,
  mean_radius,
  mean_texture,
  mean_perimeter,
  mean_area,
  mean_smoothness,
  mean_compactness,
  mean_concavity,
  mean_concave_points,
  CAST(label AS BIGINT) AS label
FROM checked
QUALIFY row_number() OVER (PARTITION BY id ORDER BY measured_at DESC) = 1
ORDER BY id
