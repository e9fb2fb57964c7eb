"""One module per instrument; `registry` lists them and builds regimes (规范文件目录)."""
