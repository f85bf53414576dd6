-- Up Migration
-- The card processor's stand-in decides by the last digits of an amount, and all prices end in 0:
-- one price that does not lets some cards be declined, as in real life.
UPDATE catalogue.dishes SET price_cents = 551
WHERE id = 'ef379087-1454-5f1f-b87b-3de477219176' AND price_cents = 560;

-- Down Migration
UPDATE catalogue.dishes SET price_cents = 560
WHERE id = 'ef379087-1454-5f1f-b87b-3de477219176' AND price_cents = 551;
