# Ids taken apart by hand: 1 << 44 is 17592186044416, the largest slot is 2^20 - 1.
. ./common/check.sh

featc 0 decode 17592186044458 18446744073709551615 0
out_is <<'END'
17592186044458: slot 1, payload 42
18446744073709551615: slot 1048575, payload 17592186044415
0: no id (a missing element of a sequence)
END
err_empty
featc 0 decode 17592186044458 70368744177763 1759218604441600 --config "$examples/takeaway/takeaway.feat"
out_is <<'END'
17592186044458: slot 1, user_id, payload 42
70368744177763: slot 4, age_band, payload 99
1759218604441600: slot 100, no feature of this config, payload 0
END
