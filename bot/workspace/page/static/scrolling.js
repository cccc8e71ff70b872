const NEAR_END_PX = 80;

export const atEnd = (scroller) => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END_PX;

export const toEnd = (scroller) => {
  scroller.scrollTop = scroller.scrollHeight;
};
