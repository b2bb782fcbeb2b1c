import { encodeBlock, openBlock, KeyIndex } from "../src/internal.ts";
for (const [nm,f] of [['doubles',(i:number,j:number)=>(i*j)/7],['ints',(i:number,j:number)=>i*j]] as const) {
const recs=Array.from({length:2048},(_,i)=>[i&1, Array.from({length:100},(_,j)=>f(i,j))]);
for (let r=0;r<4;r++){ let t=performance.now(); for(let k=0;k<10;k++) encodeBlock(recs); const e=(performance.now()-t)*1e6/10/204800; const b=encodeBlock(recs); t=performance.now(); for(let k=0;k<10;k++) openBlock(b).decode(); console.log(nm,'per element', e.toFixed(1), ((performance.now()-t)*1e6/10/204800).toFixed(1)); }
}
