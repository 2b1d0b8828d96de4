UPDATE post_series SET seen = (
    SELECT json_array(json_array(
        replace(replace(min(held.created_at), ' ', 'T') || 'Z', '.000000Z', 'Z'),
        replace(replace(max(held.created_at), ' ', 'T') || 'Z', '.000000Z', 'Z')))
    FROM posts AS held
    WHERE held.provider = post_series.provider AND held.channel = post_series.channel
        AND held.symbol = post_series.symbol AND held.owner = post_series.owner)
WHERE provider = 'file' AND seen = '[]' AND start IS NOT NULL;
