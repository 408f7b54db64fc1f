# featc models: which versions there are, which one serves, going back, and what is never removed.
. ./common/check.sh

model=$work/models/shops
# The network needs no tables; the config's text tells versions apart.
network() {
  cat <<'END_NET'
<?xml version="1.0"?>
<net name="n" version="11">
  <layers>
    <layer id="0" name="price" type="Parameter" version="opset1">
      <data shape="?,1" element_type="f32"/>
      <output><port id="0" precision="FP32" names="price"><dim>-1</dim><dim>1</dim></port></output>
    </layer>
    <layer id="1" name="s" type="Sigmoid" version="opset1">
      <input><port id="0" precision="FP32"><dim>-1</dim><dim>1</dim></port></input>
      <output><port id="1" precision="FP32" names="score"><dim>-1</dim><dim>1</dim></port></output>
    </layer>
    <layer id="2" name="result" type="Result" version="opset1">
      <input><port id="0" precision="FP32"><dim>-1</dim><dim>1</dim></port></input>
    </layer>
  </layers>
  <edges>
    <edge from-layer="0" from-port="0" to-layer="1" to-port="0"/>
    <edge from-layer="1" from-port="1" to-layer="2" to-port="0"/>
  </edges>
</net>
END_NET
}
version() {
  mkdir -p "$model/$1"
  printf '# %s\nmodel shops\nitem { price : float64? }\ndense price = price\n' "$1" >"$model/$1/features.feat"
  network >"$model/$1/scorer.xml"
  : >"$model/$1/scorer.bin"
}
versions() { (cd "$model" && echo *[0-9]*); }
toml() { cat "$model/model.toml" 2>/dev/null || true; }

# -- What is no model -------------------------------------------------------------------------------
featc 1 models list "$work/none"
err_has "cannot open $work/none: "
mkdir -p "$work/models"
featc 1 models list "$work/models"
err_has "$work/models has no model: a model is a folder with versions"
featc 2 models
featc 2 models promote "$model"
version 1
featc 0 models list "$work/models"
out_has "$model: nothing serves: no version of $model has a manifest.json"
out_has "  1  cannot be used: $model/1 has no manifest.json: featc pack $model/1"
featc 1 models promote "$model" 1
err_has "$model/1 has no manifest.json"
featc 1 models prune "$model"
err_has "nothing was removed, since it is not known what serves"
[ -z "$(toml)" ] || fail "a model.toml was made"

if ! [ -e "$(dirname "$program")/lib/featc/featc_openvino.so" ]; then
  exit 0
fi
for number in 1 2 3 4 5; do
  version $number
  featc 0 pack "$model/$number"
done
version 6

# -- list -------------------------------------------------------------------------------------------
featc 0 models list "$model"
out_has "$model: version = latest"
out_has "  5  fingerprint "
[ "$(grep -c ', no tables' "$work/out")" -eq 5 ] || fail "five versions are packed"
[ "$(grep '  serves' "$work/out" | cut -c 3)" = 5 ] || fail "the newest packed one serves"
out_has '  6  cannot be used: '
featc 0 models list "$work/models" --json
out_has "{\"model\": \"$model\", \"version\": 5, \"serves\": true, \"labels\": [], \"fingerprint\": \""
out_count 6 '"version": '
out_count 1 '"problem": '

# -- promote and roll back --------------------------------------------------------------------------
featc 0 models promote "$model" 4
out_is <<END
$model: version 4 serves; before it was 5
END
[ "$(toml)" = "$(printf 'version = 4\n\n[labels]\nprevious = 5')" ] || fail "model.toml is: $(toml)"
printf 'price\n0\n' >"$work/d.csv"
featc 0 score "$model" --input "$work/d.csv" --stats
err_has "model     $model/4"
featc 0 models rollback "$model"
out_has "$model: version 5 serves; before it was 4"
featc 0 models rollback "$model"
out_has "$model: version 4 serves; before it was 5"
featc 0 models promote "$model" 4
out_has "version 4 serves, as before"
[ "$(toml)" = "$(printf 'version = 4\n\n[labels]\nprevious = 5')" ] || fail "promoting what serves forgets what served"
featc 0 models promote "$model" latest
out_has 'version 5 serves; before it was 4'
featc 1 models promote "$model" 9
err_has "$model has no version 9: its versions are 1 2 3 4 5 6"
featc 1 models promote "$model" 6
err_has "$model/6 has no manifest.json"

# A label, and a model.toml that serves what a label means.
featc 0 models promote "$model" 5 --label canary
out_is <<END
$model: canary is version 5
END
featc 0 models promote "$model" 3 --label canary
out_has "$model: canary is version 3; before it was 5"
for label in latest previous 7 'a b' ''; do
  featc 1 models promote "$model" 3 --label "${label:- }"
  err_has 'cannot be a label'
done
printf '# of the ads team\nversion = "stable" # what all get\n\n[labels]\nstable = 2\ncanary = 3\n' >"$model/model.toml"
featc 0 models promote "$model" canary
out_has "$model: version 3 serves, as stable; before it was 2"
[ "$(toml)" = "$(printf '# of the ads team\nversion = "stable" # what all get\n\n[labels]\nstable = 3\ncanary = 3\nprevious = 2')" ] ||
  fail "model.toml is: $(toml)"
featc 0 models rollback "$model"
out_has "$model: version 2 serves, as stable; before it was 3"
featc 0 models list "$model"
grep -q '^  2 .*  serves  stable$' "$work/out" || fail "no label of what serves"
grep -q '^  3 .*  canary  previous$' "$work/out" || fail "no labels"

# Without anything that served before.
printf 'version = 3\n' >"$model/model.toml"
featc 0 models rollback "$model"
out_has 'version 2 serves; before it was 3'
printf 'version = 1\n' >"$model/model.toml"
featc 1 models rollback "$model"
err_has "$model has no packed version before 1, which serves, and no label \"previous\""

# Damaged ones do not serve.
echo '# later' >>"$model/2/features.feat"
featc 1 models promote "$model" 2
err_has "$model/2 is not as it was packed"
[ "$(toml)" = 'version = 1' ] || fail "model.toml has changed"
featc 0 models list "$model"
out_has_not 'is not as it was packed'
featc 1 models list "$model" --verify
out_has "cannot be used: $model/2 is not as it was packed"
printf 'labels = {canary = 3}\n' >"$model/model.toml"
featc 1 models promote "$model" 4
err_has 'is written so that featc cannot change it: set version = "4"'
printf 'versoin = 1\n' >"$model/model.toml"
featc 1 models promote "$model" 4
err_has "$model/model.toml:1: versoin: there is no such key; did you mean \"version\"?"
featc 1 models prune "$model"
featc 1 models list "$model" --verify

# -- prune ------------------------------------------------------------------------------------------
featc 0 pack "$model/2"
printf 'version = 4\n[labels]\ncanary = 1\n' >"$model/model.toml"
featc 1 models prune "$model" 4 2 1 9
err_has "nothing was removed: version 4 stays: it serves; version 1 stays: it has the label canary; version 9 does not exist"
featc 2 models prune "$model" four
[ "$(versions)" = '1 2 3 4 5 6' ] || fail "versions are $(versions)"
featc 0 models prune "$model" --keep 2 --dry-run
out_is <<END
$model: would remove 2 3
$model: not packed, and left alone: 6
END
[ "$(versions)" = '1 2 3 4 5 6' ] || fail "versions are $(versions)"
featc 0 models prune "$model"
out_has "$model: removed 2"
[ "$(versions)" = '1 3 4 5 6' ] || fail "versions are $(versions)"
featc 0 models prune "$model" 3 6
out_has "$model: removed 3 6"
[ "$(versions)" = '1 4 5' ] || fail "versions are $(versions)"
featc 0 models prune "$model"
out_has "$model: there is no version to remove"
# What is newer than what serves may be about to serve.
printf 'version = 1\n' >"$model/model.toml"
featc 0 models prune "$model" --keep 1
out_has 'there is no version to remove'
# What a prune that died left behind goes with the next one.
mkdir "$model/.pruned-2-1"
featc 0 models prune "$model"
[ "$(ls -A "$model" | grep -c pruned)" -eq 0 ] || fail "a pruned version is left"

# -- Tables -----------------------------------------------------------------------------------------
cat >"$work/rows.py" <<'END'
import struct, sys
def write(name, kind, shape, data):
    header = repr({"descr": kind, "fortran_order": False, "shape": shape}).encode()
    header += b" " * (63 - (len(header) + 10) % 64) + b"\n"
    with open(f"{sys.argv[1]}/{name}.npy", "wb") as out:
        out.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data)
write("ids", "<u8", (1,), struct.pack("<Q", (1 << 44) + 1))
write("vectors", "<f4", (1, 1), struct.pack("<f", float(sys.argv[2])))
END
rm -r "$model"
for number in 1 2 3; do
  case $number in 3) epoch=june ;; *) epoch=may ;; esac
  version $number
  printf 'model shops\nitem { shop : int64 }\nsparse shop slot 1 = shop\n' >"$model/$number/features.feat"
  printf '[inputs.price]\noutputs = ["shop"]\n' >"$model/$number/binding.toml"
  if ! [ -e "$model/tables/$epoch" ]; then
    python3 "$work/rows.py" "$work" $number
    featc 0 embeddings build "$model/tables/$epoch" "shop,ids=$work/ids.npy,vectors=$work/vectors.npy"
  fi
  featc 0 pack "$model/$number" --epoch $epoch
done
featc 0 models prune "$model" 1 --tables
out_is <<END
$model: removed 1
END
version 4
featc 0 models prune "$model" 2 --tables --dry-run
out_has "$model: not packed, and left alone, with all tables: 4"
rm -r "$model/4"
# Tables that others took the place of.
mv "$model/tables/may" "$work/may"
featc 1 models promote "$model" 2
err_has "$model/2 needs the tables of epoch may: "
python3 "$work/rows.py" "$work" 9
featc 0 embeddings build "$model/tables/may" "shop,ids=$work/ids.npy,vectors=$work/vectors.npy"
featc 1 models promote "$model" 2
err_has "the tables of epoch may are others than those that the version was packed with"
rm -r "$model/tables/may" && mv "$work/may" "$model/tables/may"
featc 0 models prune "$model" 2 --tables
out_is <<END
$model: removed 2
$model: removed tables of may
END
[ "$(ls "$model/tables")" = june ] || fail "tables are $(ls "$model/tables")"
featc 0 models list "$model" --verify

# -- One at a time ----------------------------------------------------------------------------------
if command -v flock >/dev/null; then
  flock "$model" sh -c 'exec "$@"' sh "$program" models promote "$model" 3 >"$work/out" 2>"$work/err" && fail "two change one folder"
  err_has "another process is changing $model: wait until it has ended"
fi
