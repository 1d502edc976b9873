SELECT e.id, e.country, e.amount * p.price AS value, e.at FROM checked AS e JOIN prices AS p USING (country)
