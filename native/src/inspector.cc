#include "inspector.h"

namespace ipcbench {

void Inspector::packet(const unsigned char* bytes, size_t size) {
  if (size < fullHeaderBytes) return compact(bytes, static_cast<uint32_t>(size));
  Header header;
  if (!readHeader(bytes, header)) return log_.damagedHeader(size);
  if (header.length == size) {
    whole(header, bytes);
  } else {
    sawHeaderOf(header.seq);
    log_.wrongBoundary(header.sender, header.seq, header.length, size);
  }
}

bool Inspector::whole(const Header& header, const unsigned char* message) {
  sawHeaderOf(header.seq);
  if (header.length != planned(header.seq)) {
    log_.unplannedLength(header.sender, header.seq, planned(header.seq), header.length);
    return false;
  }
  if (const int64_t damage = damageOf(header, message); damage >= 0) {
    log_.damagedPayload(header.sender, header.seq, header.length, static_cast<uint64_t>(damage));
    return false;
  }
  intact(header.sender, header.seq, header.length);
  return true;
}

void Inspector::compact(const unsigned char* bytes, uint32_t size) {
  uint64_t seq;
  if (!readCompactHeader(bytes, size, nextSeq_, seq)) return log_.damagedHeader(size);
  sawHeaderOf(seq);
  // A compact header has no length: that of the plan stands for it.
  if (planned(seq) != size) return log_.wrongBoundary(sender(), seq, planned(seq), size);
  const size_t header = headerBytesOf(size);
  if (const int64_t damage = payload_.firstDamage(bytes + header, size - header, sender(), seq); damage >= 0) {
    return log_.damagedPayload(sender(), seq, size, static_cast<uint64_t>(damage));
  }
  intact(sender(), seq, size);
}

void Inspector::intact(uint16_t sender, uint64_t seq, uint64_t bytes) {
  ++messages_;
  bytes_ += bytes;
  log_.received(sender, seq, bytes);
}

}  // namespace ipcbench
