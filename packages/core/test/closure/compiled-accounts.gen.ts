// Made by @babel/core 7.29.13 with plugin-transform-class-properties and plugin-transform-private-methods 7, and by @swc/core 1.16.22
// with target es2015, both run by hand on
//   export class Account { #balance = 1; #check() {} spend() { this.#check(); return --this.#balance; } }
// The last two are written after what Babel 7.10 and SWC with external helpers print.

/** A class with a private field and a private method as compilers print it for old targets. */
export const COMPILED_ACCOUNTS: Readonly<Record<string, string>> = {
  "Babel 7.29": `function _classPrivateMethodInitSpec(e, a) { _checkPrivateRedeclaration(e, a), a.add(e); }
function _classPrivateFieldInitSpec(e, t, a) { _checkPrivateRedeclaration(e, t), t.set(e, a); }
function _checkPrivateRedeclaration(e, t) { if (t.has(e)) throw new TypeError("Cannot initialize the same private elements twice on an object"); }
function _classPrivateFieldSet(s, a, r) { return s.set(_assertClassBrand(s, a), r), r; }
function _classPrivateFieldGet(s, a) { return s.get(_assertClassBrand(s, a)); }
function _assertClassBrand(e, t, n) { if ("function" == typeof e ? e === t : e.has(t)) return arguments.length < 3 ? t : n; throw new TypeError("Private element is not present on this object"); }
var _balance = /*#__PURE__*/new WeakMap();
var _Account_brand = /*#__PURE__*/new WeakSet();
export class Account {
  constructor() {
    _classPrivateMethodInitSpec(this, _Account_brand);
    _classPrivateFieldInitSpec(this, _balance, 1);
  }
  spend() {
    var _this$balance;
    _assertClassBrand(_Account_brand, this, _check).call(this);
    return _classPrivateFieldSet(_balance, this, (_this$balance = _classPrivateFieldGet(_balance, this), --_this$balance));
  }
}
function _check() {}
`,
  "SWC 1.16": `function _check_private_redeclaration(obj, privateCollection) {
    if (privateCollection.has(obj)) {
        throw new TypeError("Cannot initialize the same private elements twice on an object");
    }
}
function _class_apply_descriptor_update(receiver, descriptor) {
    if (descriptor.set) {
        if (!descriptor.get) throw new TypeError("attempted to read set only private field");
        if (!("__destrWrapper" in descriptor)) {
            descriptor.__destrWrapper = {
                set value (v){
                    descriptor.set.call(receiver, v);
                },
                get value () {
                    return descriptor.get.call(receiver);
                }
            };
        }
        return descriptor.__destrWrapper;
    } else {
        if (!descriptor.writable) {
            throw new TypeError("attempted to set read only private field");
        }
        return descriptor;
    }
}
function _class_extract_field_descriptor(receiver, privateMap, action) {
    if (!privateMap.has(receiver)) throw new TypeError("attempted to " + action + " private field on non-instance");
    return privateMap.get(receiver);
}
function _class_private_field_init(obj, privateMap, value) {
    _check_private_redeclaration(obj, privateMap);
    privateMap.set(obj, value);
}
function _class_private_field_update(receiver, privateMap) {
    var descriptor = _class_extract_field_descriptor(receiver, privateMap, "update");
    return _class_apply_descriptor_update(receiver, descriptor);
}
function _class_private_method_get(receiver, privateSet, fn) {
    if (!privateSet.has(receiver)) throw new TypeError("attempted to get private field on non-instance");
    return fn;
}
function _class_private_method_init(obj, privateSet) {
    _check_private_redeclaration(obj, privateSet);
    privateSet.add(obj);
}
var _balance = /*#__PURE__*/ new WeakMap(), _check = /*#__PURE__*/ new WeakSet();
export class Account {
    spend() {
        _class_private_method_get(this, _check, check).call(this);
        return --_class_private_field_update(this, _balance).value;
    }
    constructor(){
        _class_private_method_init(this, _check);
        _class_private_field_init(this, _balance, {
            writable: true,
            value: 1
        });
    }
}
function check() {}
`,
  "Babel 7.10": `var _balance = new WeakMap();
export class Account {
  constructor() {
    _balance.set(this, { writable: true, value: 1 });
  }
  spend() { return _balance.get(this).value - 1; }
}`,
  "SWC 1, helpers imported as CommonJS": `const _class_private_field_init = { _: (obj, privateMap, value) => privateMap.set(obj, value) };
var _balance = new WeakMap();
export class Account {
  constructor() {
    (0, _class_private_field_init._)(this, _balance, { writable: true, value: 1 });
  }
}`,
};
