#include "pieces.h"

#include <numeric>

namespace ipcbench::sys {

Pieces::Pieces(const std::vector<int>& sizes) : room_(std::accumulate(sizes.begin(), sizes.end(), size_t{0})) {
  uint8_t* next = room_.begin();
  for (const int size : sizes) {
    vector_.push_back({next, static_cast<size_t>(size)});
    if (next != nullptr) next += size;
  }
}

bool OutgoingPieces::read(Napi::Value value) {
  if (isData(value)) {
    whole_ = dataFrom(value);
    vector_.push_back({const_cast<uint8_t*>(whole_.bytes()), whole_.length()});
    return true;
  }
  if (!value.IsArray()) return false;
  const auto list = value.As<Napi::Array>();
  for (uint32_t index = 0; index < list.Length(); ++index) {
    const Napi::Value piece = list.Get(index);
    if (!isUint8Array(piece)) return false;
    auto bytes = piece.As<Napi::Uint8Array>();
    vector_.push_back({bytes.Data(), bytes.ByteLength()});
  }
  return true;
}

}  // namespace ipcbench::sys
