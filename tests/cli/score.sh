# featc pack and featc score: model folders that are whole, and what is said of those that are not.
. ./common/check.sh

# A network as text: the score is the sigmoid of the price.
network() {
  cat <<END_NET
<?xml version="1.0"?>
<net name="n" version="11">
  <layers>
    <layer id="0" name="$1" type="Parameter" version="opset1">
      <data shape="?,1" element_type="f32"/>
      <output><port id="0" precision="FP32" names="$1"><dim>-1</dim><dim>1</dim></port></output>
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
model=$work/models/shops
version() {
  mkdir -p "$model/$1"
  printf 'model shops\nitem { shop : int64  price : float64? }\ndense price = price\n' >"$model/$1/features.feat"
  network price >"$model/$1/scorer.xml"
  : >"$model/$1/scorer.bin"
}
printf 'shop,price\n1,0\n2,2\n3,x\n4,-1\n' >"$work/d.csv"

# -- What is not a model ----------------------------------------------------------------------------
featc 1 score "$model" --input "$work/d.csv"
err_has "cannot open the model folder $model: "
mkdir -p "$model"
featc 1 score "$model" --input "$work/d.csv"
err_has "$model has no version: a version is a folder whose name is a number, such as $model/1"
mkdir "$model/1"
featc 1 pack "$model/1"
err_has "$model/1: it has neither features.feat nor features.so"
version 1
rm "$model/1/scorer.xml"
featc 1 pack "$model/1"
err_has "$model/1: it has no network: expected scorer.onnx, scorer.xml"
version 1
: >"$model/1/scorer.onnx"
featc 1 pack "$model/1"
err_has "$model/1 has scorer.onnx and scorer.xml: leave one of them"
rm "$model/1/scorer.onnx"

if ! [ -e "$(dirname "$program")/lib/featc/featc_openvino.so" ]; then
  featc 1 pack "$model/1"
  err_has 'this featc was built without OpenVINO, which computes networks: run scripts/setup'
  exit 0
fi

# -- A version that is whole ------------------------------------------------------------------------
featc 1 score "$model" --input "$work/d.csv"
err_has "no version of $model has a manifest.json: featc pack $model/1 checks it and writes one"
featc 0 pack "$model/1"
out_has "$model/1/manifest.json: model shops, fingerprint"
out_has 'no tables, 3 files'
featc 0 score "$model" --input "$work/d.csv"
err_has 'left out: 1 bad item; 3 items written'
out_is <<'END'
{"row": 0, "request": 0, "item": 0, "score": 0.5}
{"row": 1, "request": 1, "item": 0, "score": 0.8807971}
{"row": 3, "request": 3, "item": 0, "score": 0.26894143}
END
featc 0 score "$model/" --version 1 --input "$work/d.csv" --format csv --threads 2
out_is <<'END'
row,request,item,score
0,0,0,0.5
1,1,0,0.8807971
3,3,0,0.26894143
END
featc 0 score "$model" --input "$work/d.csv" --output "$work/scores.tsv" --stats
err_has "model     $model/1"
err_has 'OpenVINO'
[ "$(sed -n 2p "$work/scores.tsv")" = "$(printf '0\t0\t0\t0.5')" ] || fail "no TSV"
featc 1 score "$model" --input "$work/d.csv" --strict
featc 2 score "$model" --input "$work/d.csv" --output "$work/s.libsvm"
err_has 'scores are not written as libsvm: pass --format json, csv, tsv, arrow, parquet'

# -- Which version ----------------------------------------------------------------------------------
version 2
featc 0 pack "$model/2"
version 10
# The newest one that is packed.
featc 0 score "$model" --input "$work/d.csv" --stats
err_has "model     $model/2"
featc 1 score "$model" --version 10 --input "$work/d.csv"
err_has "$model/10 has no manifest.json: featc pack $model/10 checks the version and writes it"
featc 1 score "$model" --version 3 --input "$work/d.csv"
err_has "$model has no version 3: its versions are 1 2 10"
featc 1 score "$model/1" --input "$work/d.csv"
err_has "$model/1 is a version of a model: name the model's folder, and --version 1"
printf 'version = "stable"\n[labels]\nstable = 1\n' >"$model/model.toml"
featc 0 score "$model" --input "$work/d.csv" --stats
err_has "model     $model/1"
featc 1 score "$model" --version stabel --input "$work/d.csv"
err_has 'unknown version "stabel": expected a number, latest or stable; did you mean "stable"?'
printf 'precison = "bf16"\n' >"$model/model.toml"
featc 1 score "$model" --input "$work/d.csv"
err_has "$model/model.toml:1: precison: there is no such key; did you mean \"precision\"?"
printf 'precision = "bf16"\n' >"$model/model.toml"
featc 0 score "$model" --input "$work/d.csv"
out_count 3 '"score": 0.'
rm "$model/model.toml"

# -- What changed after packing ---------------------------------------------------------------------
echo '# later' >>"$model/2/features.feat"
featc 1 score "$model" --input "$work/d.csv"
err_has "$model/2 is not as it was packed: publish it anew, or run featc pack again where the change was meant:"
err_has '  features.feat has '
featc 0 pack "$model/2"
: >"$model/2/more"
rm "$model/2/scorer.bin"
: >"$model/2/.manifest.json.1-0.part"
featc 1 score "$model" --input "$work/d.csv"
err_has '  more was added'
[ "$(grep -c 'was added' "$work/err")" -eq 1 ] || fail "what a killed featc pack left is told as a change"
err_has '  scorer.bin is gone'
head -c 100 "$model/1/manifest.json" >"$model/2/manifest.json"
featc 1 score "$model" --input "$work/d.csv"
err_has "$model/2/manifest.json"
err_has 'run featc pack again'

# -- What does not fit ------------------------------------------------------------------------------
rm -r "$model/2" "$model/10"
network prise >"$model/1/scorer.xml"
echo 'dense far = 1' >>"$model/1/features.feat"
featc 1 pack "$model/1"
err_has "$model/1: the network does not fit the config:"
err_has 'input "prise", f32 [?, 1]: nothing feeds it; is the output "price" meant?'
err_has 'output "price": no input of the network reads it'
err_has 'output "far": no input of the network reads it'
printf 'unused = ["far"]\n[inputs.prise]\noutputs = ["price"]\n' >"$model/1/binding.toml"
featc 0 pack "$model/1"
featc 0 score "$model" --input "$work/d.csv"
out_count 3 '"score": 0.'
printf 'unused = "far"\n' >"$model/1/binding.toml"
featc 1 pack "$model/1"
err_has "$model/1/binding.toml:1: unused: expected a list of strings"
echo 'sparse x slot 1 = shp' >>"$model/1/features.feat"
featc 1 pack "$model/1"
err_has 'did you mean "shop"?'
version 1
rm "$model/1/binding.toml"
echo '<net' >"$model/1/scorer.xml"
featc 1 pack "$model/1"
err_has "$model/1/scorer.xml cannot be read as a network:"
rm "$model/1/scorer.xml" "$model/1/scorer.bin"
head -c 1000 /dev/urandom >"$model/1/scorer.onnx"
featc 1 pack "$model/1"
err_has "$model/1/scorer.onnx cannot be read as a network:"

# -- Tables -----------------------------------------------------------------------------------------
rm "$model/1/scorer.onnx"
version 1
featc 1 pack "$model/1" --epoch 2026-12-01
err_has '2026-12-01'
# The network takes the row of the shop instead of the price.
printf 'sparse shop slot 1 = shop\n' >>"$model/1/features.feat"
printf 'unused = ["price"]\n[inputs.price]\noutputs = ["shop"]\n' >"$model/1/binding.toml"
featc 1 pack "$model/1"
err_has 'input "price" takes f32 [?, 1], and "shop" gives i64 [?]: the output has no table in the epoch; build one'

# build EPOCH NUMBERS: the rows of the shops 1, 2 ... in slot 1.
cat >"$work/rows.py" <<'END'
import struct, sys
folder, rows = sys.argv[1], [float(number) for number in sys.argv[2].split()]
def write(name, kind, shape, data):
    header = repr({"descr": kind, "fortran_order": False, "shape": shape}).encode()
    header += b" " * (63 - (len(header) + 10) % 64) + b"\n"
    with open(f"{folder}/{name}.npy", "wb") as out:
        out.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data)
ids = [(1 << 44) + payload for payload in range(1, len(rows) + 1)]
write("ids", "<u8", (len(ids),), struct.pack(f"<{len(ids)}Q", *ids))
write("vectors", "<f4", (len(ids), 1), struct.pack(f"<{len(ids)}f", *rows))
END
build() {
  python3 "$work/rows.py" "$work" "$2"
  featc 0 embeddings build "$model/tables/$1" "shop,ids=$work/ids.npy,vectors=$work/vectors.npy"
}
build may '2 0 -1'
featc 0 pack "$model/1"
out_has 'epoch may, 4 files'
printf 'shop,price\n1,0\n2,0\n9,0\n' >"$work/d.csv"
featc 0 score "$model" --input "$work/d.csv" --format csv --stats
err_has 'lookup    shop: 3 ids, 1 without a row'
out_is <<'END'
row,request,item,score
0,0,0,0.8807971
1,1,0,0.5
2,2,0,0.5
END
printf 'shop,price\n8,0\n9,0\n' >"$work/d.csv"
featc 0 score "$model" --input "$work/d.csv"
err_has 'warning: shop: none of its 2 ids has a row in its table; was that built for this config?'

# A run that was stopped goes on only with the same model, computed in the same precision.
awk 'BEGIN { print "shop,price"; for (n = 0; n < 60000; ++n) print n % 5 ",0" }' >"$work/many.csv"
featc 0 score "$model" --input "$work/many.csv" --output "$work/whole.jsonl"
status=0
(ulimit -f 2000 && "$program" score "$model" --input "$work/many.csv" --output "$work/part.jsonl" 2>"$work/err") || status=$?
command="score, with at most 1 MB a file"
[ $status -eq 1 ] || fail "exit code $status, not 1"
err_has 'part.jsonl.partial holds what was written until then'
printf 'precision = "bf16"\n' >"$model/model.toml"
featc 2 score "$model" --input "$work/many.csv" --output "$work/part.jsonl" --resume
err_has "cannot resume $work/part.jsonl: the command has changed"
rm "$model/model.toml"
featc 0 score "$model" --input "$work/many.csv" --output "$work/part.jsonl" --resume
err_has 'continuing after line '
cmp "$work/whole.jsonl" "$work/part.jsonl" || fail "a run that went on gives other scores"

build june '1 1 1'
featc 1 pack "$model/1"
err_has 'has several epochs: pass --epoch with the one that'
err_has 'was trained with: june may'
featc 0 pack "$model/1" --epoch june
rm -r "$model/tables/june"
featc 1 score "$model" --input "$work/d.csv"
err_has "$model/tables/june"
build june '1 1 2'
featc 1 score "$model" --input "$work/d.csv"
err_has 'the tables of epoch june are others than those that the version was packed with'
featc 0 pack "$model/1" --epoch june
printf x >>"$model/tables/june/shop.table"
featc 1 score "$model" --input "$work/d.csv"
err_has 'shop.table'

# -- Scores that are none ---------------------------------------------------------------------------
python3 "$work/rows.py" "$work" '0'
sed 's/Sigmoid/Log/' "$model/1/scorer.xml" >"$work/log.xml"
cp "$work/log.xml" "$model/1/scorer.xml"
featc 0 pack "$model/1" --epoch may
printf 'shop,price\n1,0\n2,0\n3,0\n' >"$work/d.csv"
featc 0 score "$model" --input "$work/d.csv"
out_count 1 '"score": 0.69'
err_has "$work/d.csv:3: item 0: the network gave infinity or not a number"
featc 1 score "$model" --input "$work/d.csv" --strict
out_count 1 '"score": 0.69'

# -- Libraries instead of configs -------------------------------------------------------------------
mv "$model/1/features.feat" "$work/features.feat"
featc 0 build "$work/features.feat" -o "$model/1/features.so"
featc 1 pack "$model/1" --epoch may
err_has "$model/1/features.so is machine code, which runs as it is: pass --plugins $model/1"
featc 0 pack "$model/1" --epoch may --plugins "$model"
featc 1 score "$model" --input "$work/d.csv"
err_has "$model/1/features.so is machine code"
featc 0 score "$model" --input "$work/d.csv" --plugins "$model"
out_count 1 '"score": 0.69'
