# An EFI program (UEFI specification 2.10) that says over the serial port with which options it was started, one byte a character, and resets the
# machine.
.intel_syntax noprefix
.globl _start
_start:
  sub rsp, 40
  mov rax, [rdx + 96]              # EFI_SYSTEM_TABLE.BootServices
  lea rdx, loaded_image[rip]
  lea r8, [rsp + 32]
  call [rax + 152]                 # EFI_BOOT_SERVICES.HandleProtocol
  mov rbx, [rsp + 32]
  mov esi, [rbx + 48]              # EFI_LOADED_IMAGE_PROTOCOL.LoadOptionsSize
  mov rbx, [rbx + 56]              # .LoadOptions
  shr esi, 1
  mov al, '>'
  call put
next:
  test esi, esi
  jz end
  mov al, [rbx]
  test al, al
  jz end
  call put
  add rbx, 2
  dec esi
  jmp next
end:
  mov al, 10
  call put
  mov dx, 0xcf9
  mov al, 6
  out dx, al
hang:
  hlt
  jmp hang
put:
  mov cl, al
  mov dx, 0x3fd
wait:
  in al, dx
  test al, 0x20
  jz wait
  mov dx, 0x3f8
  mov al, cl
  out dx, al
  ret
.section .data
loaded_image:
  .long 0x5b1b31a1
  .word 0x9562, 0x11d2
  .byte 0x8e, 0x3f, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b
