# What a boot loader takes for a Linux kernel (boot protocol 2.06, Documentation/arch/x86/boot.rst): says over the serial port with which command
# line it was started, and resets the machine.
.code16
.org 0x1f1
  .byte 1
.org 0x1fe
  .word 0xaa55
  jmp over
.org 0x202
  .ascii "HdrS"
  .word 0x0206
.org 0x211
  .byte 1
.org 0x214
  .long 0x100000
.org 0x22c
  .long 0x7fffffff
  .long 0x1000
.org 0x238
  .long 2047
over:
.org 0x400
.code32
  movl 0x228(%esi), %ebx
  movb $'>', %al
  call put
next:
  movb (%ebx), %al
  incl %ebx
  testb %al, %al
  jz end
  call put
  jmp next
end:
  movb $'\n', %al
  call put
  movw $0xcf9, %dx
  movb $6, %al
  outb %al, %dx
hang:
  hlt
  jmp hang
put:
  movb %al, %cl
  movw $0x3fd, %dx
wait:
  inb %dx, %al
  testb $0x20, %al
  jz wait
  movw $0x3f8, %dx
  movb %cl, %al
  outb %al, %dx
  ret
.org 0x600
